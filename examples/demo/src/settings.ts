/** What the environment says of how the demo is to run. */

export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Processes that serve the port. */
  readonly workers: number;
  /** `undefined`: the processes of this machine are all there are. */
  readonly redisUrl: string | undefined;
}

const DEFAULT_PORT = 8080;
const DEFAULT_HOST = "127.0.0.1";
const MAX_WORKERS = 64;

/** The settings, or what is wrong with them. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings | string {
  const { HOST, PORT, WORKERS, REDIS_URL } = environment;
  const port = Number(PORT || DEFAULT_PORT);
  const workers = Number(WORKERS || 1);
  if (!isWhole(port, 0, 65_535)) return `PORT must be a number from 0 to 65535, got ${JSON.stringify(PORT)}`;
  if (!isWhole(workers, 1, MAX_WORKERS)) {
    return `WORKERS must be a number from 1 to ${MAX_WORKERS}, got ${JSON.stringify(WORKERS)}`;
  }
  const redisUrl = REDIS_URL || undefined;
  if (redisUrl !== undefined && !/^rediss?:\/\//.test(redisUrl)) {
    return `REDIS_URL must be an address such as redis://localhost:6379, got ${JSON.stringify(REDIS_URL)}`;
  }
  return { host: HOST || DEFAULT_HOST, port, workers, redisUrl };
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
