/**
 * This library's version, as the client's User-Agent says it. A test holds it equal to that of package.json.
 */

export const VERSION = "0.1.0";
