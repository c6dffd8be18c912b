import {
  physicalName,
  regionalArn,
  type ResourceDescription,
  type ResourceIdentity,
  type ResourceType,
} from '../assembly/resource-type.js';

interface InertType {
  readonly reason: string;
  /** Property that names the resource; without one the logical id does. */
  readonly nameProperty?: string;
  /** ARN and other attributes by name. */
  attributes?(name: string, resource: ResourceDescription): Readonly<Record<string, string>>;
}

const noPermissions = 'Functions are held to their roles alone.';
const noAlarms = 'Metrics are collected and served, but nothing watches them.';
const noNotifications = 'Nothing sends notifications on one machine.';
const noEncryption = 'Data on this machine is not encrypted by the runtime.';
const noCatalogue = 'There is no query engine for the archive; its files can be read directly.';
const noFirewall = 'All requests come from this machine; nothing filters them by where they come from.';
const logsAreFiles = 'Logs are files in the data directory, with a size limit rather than a retention time.';

const inertTypes: Readonly<Record<string, InertType>> = {
  'AWS::ApiGateway::Account': { reason: 'Access logs need no role on one machine.' },
  'AWS::ApiGateway::Deployment': {
    reason: 'The stage serves the body of the template as it is now; there are no older snapshots.',
    attributes: (name) => ({ DeploymentId: name }),
  },
  'AWS::Athena::NamedQuery': { reason: noCatalogue },
  'AWS::Athena::WorkGroup': { reason: noCatalogue, nameProperty: 'Name' },
  'AWS::CDK::Metadata': { reason: 'It describes the CDK application to AWS.' },
  'AWS::CloudWatch::Alarm': {
    reason: noAlarms,
    nameProperty: 'AlarmName',
    attributes: (name, { environment }) => ({ Arn: regionalArn(environment, 'cloudwatch', `alarm:${name}`) }),
  },
  'AWS::CloudWatch::CompositeAlarm': {
    reason: noAlarms,
    nameProperty: 'AlarmName',
    attributes: (name, { environment }) => ({ Arn: regionalArn(environment, 'cloudwatch', `alarm:${name}`) }),
  },
  'AWS::CloudWatch::Dashboard': {
    reason: 'The info page shows the state of the runtime.',
    nameProperty: 'DashboardName',
  },
  'AWS::Glue::Database': { reason: noCatalogue },
  'AWS::Glue::Table': { reason: noCatalogue },
  'AWS::KMS::Alias': { reason: noEncryption, nameProperty: 'AliasName' },
  'AWS::KMS::Key': {
    reason: noEncryption,
    attributes: (name, { environment }) => ({
      Arn: regionalArn(environment, 'kms', `key/${name}`),
      KeyId: name,
    }),
  },
  'AWS::Lambda::Permission': { reason: noPermissions },
  'AWS::Logs::LogGroup': {
    reason: logsAreFiles,
    nameProperty: 'LogGroupName',
    attributes: (name, { environment }) => ({ Arn: regionalArn(environment, 'logs', `log-group:${name}:*`) }),
  },
  'AWS::Logs::LogStream': { reason: logsAreFiles, nameProperty: 'LogStreamName' },
  'AWS::Logs::MetricFilter': { reason: noAlarms },
  'AWS::Logs::QueryDefinition': { reason: logsAreFiles },
  'AWS::S3::BucketPolicy': { reason: noPermissions },
  'AWS::SNS::Subscription': { reason: noNotifications },
  'AWS::SNS::Topic': {
    reason: noNotifications,
    nameProperty: 'TopicName',
    attributes: (name, { environment }) => ({
      TopicArn: regionalArn(environment, 'sns', name),
      TopicName: name,
    }),
  },
  'AWS::SNS::TopicPolicy': { reason: noNotifications },
  'AWS::WAFv2::WebACL': {
    reason: noFirewall,
    nameProperty: 'Name',
    attributes: (name, { environment }) => ({
      Arn: regionalArn(environment, 'wafv2', `regional/webacl/${name}/${name}`),
    }),
  },
  'AWS::WAFv2::WebACLAssociation': { reason: noFirewall },
  'AWS::XRay::Group': { reason: 'Every trace is kept, up to a number of traces.' },
  'AWS::XRay::SamplingRule': { reason: 'Every trace is kept, up to a number of traces.' },
};

/** The types that have no engine because they have no effect on one machine, each with its reason. */
export const inertResourceTypes: readonly ResourceType[] = Object.entries(inertTypes).map(
  ([type, inertType]) => ({
    type,
    support: { verdict: 'inert', reason: inertType.reason },
    identify: (resource) => identify(inertType, resource),
  }),
);

function identify(type: InertType, resource: ResourceDescription): ResourceIdentity {
  const name =
    type.nameProperty === undefined ? resource.logicalId : physicalName(resource, type.nameProperty);
  const attributes = type.attributes?.(name, resource) ?? {};
  // A topic is referred to by its ARN: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html
  return {
    ref: attributes.TopicArn ?? name,
    attributes: { Id: name, ...attributes },
  };
}
