import { reduceTemplate, type DeployedTemplate } from './reduce-template.js';

const withoutStages = (template: DeployedTemplate) =>
  reduceTemplate(template, (type) => type === 'AWS::ApiGateway::Stage');

const stage = { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' } } };

describe('reduceTemplate', () => {
  it('leaves a type out and says which resources that were', () => {
    const api = { Type: 'AWS::ApiGateway::RestApi', Properties: {} };
    const { template, leftOut } = withoutStages({ Resources: { Api: api, Live: stage, Old: stage } });
    expect(template.Resources).toEqual({ Api: api });
    expect([...leftOut]).toEqual([['AWS::ApiGateway::Stage', ['Live', 'Old']]]);
  });

  it('keeps what refers to it, anywhere in the template', () => {
    const { template } = withoutStages({
      Resources: {
        Live: stage,
        Permission: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            SourceArn: { 'Fn::Join': ['/', ['arn', { Ref: 'Live' }, { 'Fn::GetAtt': ['Live', 'Arn'] }]] },
            FunctionName: { Ref: 'Function' },
          },
        },
      },
      Outputs: { Url: { Value: { Ref: 'Live' } } },
    });
    expect(template.Resources).toEqual({
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          SourceArn: { 'Fn::Join': ['/', ['arn', 'left-out-Live', 'left-out-Live']] },
          FunctionName: { Ref: 'Function' },
        },
      },
    });
    expect(template.Outputs).toEqual({ Url: { Value: 'left-out-Live' } });
  });

  it.each([
    ['Live', undefined],
    [['Live'], undefined],
    [['Live', 'Role'], ['Role']],
    ['Role', ['Role']],
  ])('forgets dependencies on it: %j becomes %j', (DependsOn, expected) => {
    const { template } = withoutStages({
      Resources: { Live: stage, Function: { Type: 'AWS::Lambda::Function', DependsOn } },
    });
    expect(template.Resources['Function']?.DependsOn).toEqual(expected);
  });

  it.each(['${Live}/x', ['${Live.Arn}', {}]])('refuses to look into the text of %j', (text) => {
    const resources = { Live: stage, Other: { Type: 'AWS::SNS::Topic', Properties: { 'Fn::Sub': text } } };
    expect(() => withoutStages({ Resources: resources })).toThrow('Fn::Sub refers to Live');
  });

  it('leaves other texts alone', () => {
    const topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': '${AWS::StackName}' } } };
    expect(withoutStages({ Resources: { Topic: topic } }).template.Resources).toEqual({ Topic: topic });
  });
});
