export const helpText = `Runs a synthesised Weir template on this machine.

Usage:
  cli.mjs --assembly DIR [options]
  cli.mjs invoke FUNCTION EVENT.json [--port-base N]    (- reads the event from stdin)
  cli.mjs logs [--function F] [--trace ID] [--follow] [--json] [--data-dir DIR]
  cli.mjs token [--scope "…"] [--devices 'a*,b'] [--ttl 1h] [--data-dir DIR] [--port-base N]

Options:
  --assembly DIR             the folder of the synthesised template (cdk.out)
  --explain                  print what is supported, inert or an error in the template, and end
  --explain-roles            print what each function may call by its role, as JSON, and end
  --fresh                    forget all data first (tokens stay valid; a --dynamodb-endpoint keeps its tables)
  --port-base N              info page at N, ingest API at N+1, analytics API at N+2 (default 4000)
  --data-dir DIR             where data is kept (default .weir)
  --dynamodb-engine NAME     dynoxide (default) or dynamodb-local, which needs Java and WEIR_DYNAMODB_LOCAL_JAR
  --dynamodb-endpoint URL    use the DynamoDB that runs there
  --ttl-period SECONDS       pause between two deletions of expired DynamoDB items (default 600; 0: they stay)
  --kinesis-engine NAME      kinesalite (default) or kinesis-local
  --kinesis-limits           enforce the throughput limits of a shard
  --ignore-roles             let functions call what their roles do not allow
  --parameter Name=value     a template parameter, may be repeated; {issuer} and {jwksUri} stand for the local issuer's
  --dashboard DIR            the folder of a built page, shown at the info port
  --simulator FILE           the device simulator's program
  --no-simulator             start no fleet
  --watch                    build a function anew when its sources change, and run the new code
  --inspect FUNCTION[:PORT]  run a function for a debugger on the port (default 9229), without timeouts
  --workspace DIR            the workspace whose projects the functions are built from

Faults (see docs/local-runtime.md); either option makes a runtime that also takes plans at /faults of the info page:
  --faults PLAN.json         make things fail as the plan says
  --fault-seed N             decide by this seed, in place of the plan's

Replay of a recording, instead of the fleet:
  --replay FILE.csv --device ID --metric NAME [--site SITE]
  --replay-manifest FILE.json
  --timestamp-column NAME, --value-column NAME, --rate READINGS_PER_SECOND
  --exit                     stop when it is done; the exit code says whether it succeeded
`;
