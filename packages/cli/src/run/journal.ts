/**
 * What is written on standard output: the supervisor's own lines, and those of the workers, whole and marked.
 */

export type Fields = Readonly<Record<string, unknown>>;

export interface Journal {
  info(text: string, fields?: Fields): void;
  warn(text: string, fields?: Fields): void;
  error(text: string, fields?: Fields): void;
}

/** Whose line it is. */
export interface Author {
  readonly id: number;
  readonly pid: number | undefined;
}

export interface LogFormat {
  own(level: "info" | "warn" | "error", text: string, fields: Fields): string;
  /** A line that a worker wrote, without its end. */
  line(author: Author, line: string): string;
}

/** `[hawser/2 pid=123] line`; JSON is left alone. */
export function textFormat(pid: number): LogFormat {
  return {
    own(level, text, fields) {
      const mark = level === "info" ? "" : `${level}: `;
      const more = Object.entries(fields).map(([name, value]) => ` (${name}=${value})`);
      return `[hawser pid=${pid}] ${mark}${text}${more.join("")}`;
    },
    line: (author, line) => (isJsonObject(line) ? line : `[hawser/${author.id} pid=${author.pid}] ${line}`),
  };
}

/** Every line is an object. */
export function jsonFormat(pid: number, date: () => number): LogFormat {
  const time = () => new Date(date()).toISOString();
  return {
    own: (level, text, { pid: workerPid, ...fields }) =>
      JSON.stringify({ time: time(), level, pid, name: "hawser", msg: text, workerPid, ...fields }),
    line: (author, line) =>
      isJsonObject(line)
        ? line
        : JSON.stringify({ time: time(), level: "info", pid: author.pid, name: `hawser/${author.id}`, msg: line }),
  };
}

export function journalOf(format: LogFormat, write: (line: string) => void): Journal {
  const own = (level: "info" | "warn" | "error") => {
    return (text: string, fields: Fields = {}) => write(`${format.own(level, text, fields)}\n`);
  };
  return { info: own("info"), warn: own("warn"), error: own("error") };
}

/** Loggers such as pino write them; who reads the log reads them as they are. */
function isJsonObject(line: string): boolean {
  if (!line.startsWith("{") || !line.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
