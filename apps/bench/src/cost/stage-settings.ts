import settings from './stage-settings.json' with { type: 'json' };

/** What the costs of a stage depend on, as its templates have it; a test of apps/infra-cdk holds the file against them. */
export interface StageSettings {
  readonly retentionHours: number;
  readonly deviceGroups: number;
  /** Records that process-fn gets at most at a time, whatever the batching window. */
  readonly batchSize: number;
  /** Batches of a shard that process-fn works on at once. */
  readonly parallelizationFactor: number;
  readonly registryCacheSeconds: number;
  /** Firehose writes an object after so long or so much, whichever is first. */
  readonly archiveBufferSeconds: number;
  readonly archiveBufferMib: number;
  readonly coldAfterDays: number;
  readonly logRetentionDays: number;
  readonly logGroups: number;
  /** The stage's own KMS keys. */
  readonly keys: number;
  /** Of the one web ACL; 0: the stage has no firewall. */
  readonly firewallRules: number;
  /** Methods of each API that API Gateway measures one by one. */
  readonly measuredMethods: { readonly ingest: number; readonly analytics: number };
  /** That the alarms read, each as often as it is read. */
  readonly alarmMetrics: number;
  /** The dashboard's site: one or none. */
  readonly sites: number;
}

export const STAGES = ['dev', 'staging', 'prod'] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_SETTINGS: Readonly<Record<Stage, StageSettings>> = settings;
