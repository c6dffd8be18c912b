import { OBJECT_REASONS } from './quarantined-object.js';

export const HELP = `Usage: npm run weir -- COMMAND [options]

Commands
  quarantine list              what was accepted and could not be stored
  quarantine show KEY          one object of it, whole
  quarantine redrive KEY …     put objects back into the stream; deleted once the stream has them
  quarantine redrive FILTERS   the same with what the filters leave; --all instead of them: with everything
  replay                       put archived readings into the stream again; safe to repeat
  ledger                       what became of every accepted point; exit code 1 if one is missing
  verify                       recompute windows from the archive and compare the store; exit code 1 on differences

Filters of quarantine list and redrive
  --reason REASON              ${OBJECT_REASONS.join(', ')}
  --device ID                  objects with readings of this device
  --from TIME, --to TIME       by the time of receipt; from inclusive, to exclusive

Options of quarantine redrive
  --dry-run                    say what would be done
  --force                      put back even what will be refused again

Options of replay
  --from TIME, --to TIME       what was received then (required)
  --device ID                  only these devices' readings; may be given several times
  --rate N                     readings a second at most (default 5000)
  --after KEY                  go on after this object of the archive
  --dry-run                    count only

Options of verify
  --from TIME, --to TIME       what was measured then, widened to whole UTC days (required)
  --device ID                  these devices; may be given several times (default: all)
  --lag DURATION               ignore what was received so recently (default 15m)
  --repair                     mend what can be mended, and compare again

Options of ledger
  --from TIME, --to TIME       what was received then (required)
  --lag DURATION               leave out what was received so recently (default 15m)

Options of every command
  --json                       machine-readable
  --stage STAGE                dev (default), staging or prod
  --stream, --table, --archive-bucket, --quarantine-bucket NAME
                               where they are not named as the stage's template names them
  --block-minutes N            as deployed (default 10)
  --device-groups N            as deployed (default 16)
  --port-base N                a runtime on this machine (default 4000, where no AWS_ variable names another place)

Times are RFC 3339 (2026-11-01T12:00:00Z) or epoch milliseconds; durations 90s, 15m, 1h or 7d.
Endpoints, region and credentials are those of the environment, as of any AWS SDK program.
See docs/operations.md.
`;
