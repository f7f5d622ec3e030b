/** What is said of an option that a backplane can't use: all of them in the same words. */
export function refusal(backplane: string, name: string, rule: string, value: unknown): TypeError {
  const got = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return new TypeError(`Cannot make a ${backplane} backplane: ${name} must be ${rule}, got ${got}`);
}
