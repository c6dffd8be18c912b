import type { ResourceDescription, ResourceType } from '../assembly/resource-type.js';
import { physicalName } from '../assembly/resource-type.js';
import { inert, only, supported } from '../assembly/support.js';

const forPeople = inert('It is for people.');
const onePath = only(['/'], 'ARNs of roles and policies have no other path');

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const iamRole: ResourceType = {
  type: 'AWS::IAM::Role',
  support: {
    verdict: 'supported',
    properties: {
      RoleName: supported,
      AssumeRolePolicyDocument: inert('The resources of the template take the roles that they name.'),
      ManagedPolicyArns: supported,
      Policies: supported,
      Path: onePath,
      PermissionsBoundary: only([], 'boundaries are not judged'),
      MaxSessionDuration: inert('Sessions do not end on one machine.'),
      Description: forPeople,
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => {
    const name = physicalName(resource, 'RoleName');
    return { ref: name, attributes: { Arn: iamArn(resource, `role/${name}`), RoleId: name } };
  },
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html */
export const iamPolicy: ResourceType = {
  type: 'AWS::IAM::Policy',
  support: {
    verdict: 'supported',
    properties: {
      PolicyName: supported,
      PolicyDocument: supported,
      Roles: supported,
      Users: only([], 'functions have roles'),
      Groups: only([], 'functions have roles'),
    },
  },
  identify: ({ logicalId }) => ({ ref: logicalId, attributes: { Id: logicalId } }),
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
export const iamManagedPolicy: ResourceType = {
  type: 'AWS::IAM::ManagedPolicy',
  support: {
    verdict: 'supported',
    properties: {
      ManagedPolicyName: supported,
      PolicyDocument: supported,
      Roles: supported,
      Path: onePath,
      Users: only([], 'functions have roles'),
      Groups: only([], 'functions have roles'),
      Description: forPeople,
    },
  },
  identify: (resource) => {
    const arn = iamArn(resource, `policy/${physicalName(resource, 'ManagedPolicyName')}`);
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
};

function iamArn({ environment }: ResourceDescription, resource: string): string {
  return `arn:${environment.partition}:iam::${environment.accountId}:${resource}`;
}
