/** Rules of cfn-lint that are not applied, each with the reason. https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md */
export const ignoredRules: Readonly<Record<string, string>> = {
  W3005:
    'CDK writes a DependsOn for the policies of a role together with the role itself, though the function refers to the role already.',
};
