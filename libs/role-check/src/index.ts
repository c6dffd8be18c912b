export { checkRoles, type Finding, type FunctionRole, type RecordedCall } from './check-roles.js';
export { judge, type Judgement, type Need } from './judgement.js';
export { conditionalStatements, PolicyError, readPolicyDocument, type Statement } from './policy-document.js';
