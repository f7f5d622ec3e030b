/**
 * The conformance suite as a module: both roles, for endpoints in this process or anywhere else.
 */

export { type Choice, DEFAULT_LIMITS, type Limits, type Profile, type Role } from "./case.ts";
export { type ClientUnderTest, runClientSuite, serveClientSuite } from "./client-suite.ts";
export type { SuiteOptions } from "./options.ts";
export { bySection, type CaseResult, formatReport, type Outcome, type Report } from "./report.ts";
export { runServerSuite } from "./server-suite.ts";
