export interface Server {
  origin: string;
  port: number;
  folder: string;
  pid: number | undefined;
  log(): string;
  /** Runs `unicom` with these words on the server's database, whether the server runs or not; returns what it prints. */
  command(words: string[], input?: string): Promise<string>;
  stop(options?: { keep?: boolean; signal?: NodeJS.Signals }): Promise<void>;
}
export interface ServerOptions {
  folder?: string;
  port?: number;
  environment?: Record<string, string>;
}
export function startServer(options?: ServerOptions): Promise<Server>;
export const binary: string;
