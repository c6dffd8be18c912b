/** Why resources of a type are left out of the emulated deploy. */
export interface EmulationGap {
  /** `unknown`: moto's CloudFormation passes over the type in silence. `defective`: it knows the type and gets it wrong. */
  readonly kind: 'unknown' | 'defective';
  readonly reason: string;
}

const unknown = (reason: string): EmulationGap => ({ kind: 'unknown', reason });
const defective = (reason: string): EmulationGap => ({ kind: 'defective', reason });

/**
 * What moto cannot deploy, by resource type. Everything else of a template has to reach CREATE_COMPLETE. A type of kind
 * `unknown` that moto has learnt in the meantime must leave this table: the emulated deploy then says so.
 */
export const emulationGaps: Readonly<Record<string, EmulationGap>> = {
  'AWS::ApiGateway::Account': unknown('The account-wide role of access logs is an API call in moto only.'),
  'AWS::ApiGateway::Deployment': defective(
    'moto ignores the Body of a RestApi, so the deployment finds an API without methods and is refused.',
  ),
  'AWS::ApiGateway::Stage': unknown('Stages are API calls in moto only; one needs a deployment, too.'),
  'AWS::Athena::NamedQuery': unknown('Athena is an API in moto only.'),
  'AWS::Athena::WorkGroup': unknown('Athena is an API in moto only.'),
  'AWS::CloudFront::CachePolicy': unknown('CloudFront is an API in moto only.'),
  'AWS::CloudFront::Distribution': unknown('CloudFront is an API in moto only.'),
  'AWS::CloudFront::OriginAccessControl': unknown('CloudFront is an API in moto only.'),
  'AWS::CloudFront::ResponseHeadersPolicy': unknown('CloudFront is an API in moto only.'),
  'AWS::CloudWatch::Alarm': unknown('Alarms are API calls in moto only.'),
  'AWS::CloudWatch::CompositeAlarm': unknown('Alarms are API calls in moto only.'),
  'AWS::Cognito::ManagedLoginBranding': unknown('Cognito is an API in moto only.'),
  'AWS::Cognito::UserPool': unknown('Cognito is an API in moto only.'),
  'AWS::Cognito::UserPoolClient': unknown('Cognito is an API in moto only.'),
  'AWS::Cognito::UserPoolDomain': unknown('Cognito is an API in moto only.'),
  'AWS::Cognito::UserPoolResourceServer': unknown('Cognito is an API in moto only.'),
  'AWS::Glue::Database': unknown('Glue is an API in moto only.'),
  'AWS::Glue::Table': unknown('Glue is an API in moto only.'),
  'AWS::KinesisFirehose::DeliveryStream': unknown('Firehose is an API in moto only.'),
  'AWS::Logs::LogStream': unknown('Log streams are API calls in moto only.'),
  'AWS::S3::BucketPolicy': unknown('Bucket policies are API calls in moto only.'),
  'AWS::SNS::Subscription': unknown('Subscriptions are API calls in moto only.'),
  'AWS::SNS::TopicPolicy': unknown('Topic policies are API calls in moto only.'),
  'AWS::WAFv2::WebACL': unknown('WAF is an API in moto only.'),
  'AWS::WAFv2::WebACLAssociation': unknown('WAF is an API in moto only.'),
  'Custom::CDKBucketDeployment': defective('moto runs the function of a custom resource in Docker.'),
};
