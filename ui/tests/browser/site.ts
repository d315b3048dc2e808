// A web site with the chat on it: serves pages and the built files, and passes everything else on to a real server. The
// network between both can be broken in the ways that networks break.
import { readFile } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse, createServer, request } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";
import { resolve } from "node:path";
import type { Server } from "../../server.mjs";

const DIST = resolve("../crates/unicom-ui/dist");

/** What a page needs to allow, and nothing else. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

interface PageOptions {
  /** The `data-` attributes of the script. */
  data?: Record<string, string>;
  lang?: string;
  dir?: string;
  body?: string;
  head?: string;
  script?: boolean;
}

/** A page with the script of the widget. */
export function page({ data = {}, lang = "en", dir = "ltr", body = "", head = "", script = true }: PageOptions = {}): string {
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${escape(value)}"`);
  const tag = script ? `<script src="/unicom/widget.js"${attributes.join("")}></script>` : "";
  return `<!doctype html><html lang="${lang}" dir="${dir}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><link rel="icon" href="/icon.png"><title>Bicycle shop</title>${head}
<body><main><h1>Bicycle shop</h1><p>Everything that rolls.</p><a href="#more">More</a>${body}</main>${tag}</body></html>`;
}

type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface Site {
  readonly origin: string;
  readonly pages: Map<string, string>;
  /** Scripts beside those of the widget. */
  readonly scripts: Map<string, string | Uint8Array>;
  headers: Record<string, string>;
  blocksSockets: boolean;
  /** Whether streams are held back until they end, as by a proxy that buffers. */
  blocksStreams: boolean;
  /** Called for each request to the API; answers it by returning true. */
  intercept: Intercept | undefined;
  /** The requests that have arrived. */
  readonly requests: string[];
  /** Ends all connections, as a network that changes does. */
  cut(): void;
  /** Holds back what open sockets carry, without closing them, as a computer does that was asleep. */
  stall(): void;
  /** Refuses all connections from now on, or no longer. */
  setDown(isDown: boolean): void;
  /** Passes requests on to another server. */
  setServer(server: Server): void;
  stop(): Promise<void>;
}

/** Starts the site in front of a server. */
export async function startSite(server: Server): Promise<Site> {
  let { port } = server;
  let isDown = false;
  const open = new Set<Socket>();
  const stalls = new Set<() => void>();

  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { url: path, method, headers } = incoming;
    const passed = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      if (site.blocksStreams && response.headers["content-type"]?.startsWith("text/event-stream")) return;
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders as never);
      response.pipe(outgoing);
      response.on("error", () => outgoing.destroy());
    });
    passed.on("error", () => outgoing.destroy());
    outgoing.on("close", () => passed.destroy());
    incoming.pipe(passed);
  };

  const http = createServer((incoming, outgoing) => {
    void (async () => {
      const { pathname } = new URL(incoming.url ?? "/", "http://site");
      site.requests.push(`${incoming.method} ${incoming.url}`);
      if (isDown) return incoming.destroy();
      const found = site.pages.get(pathname);
      if (found !== undefined) {
        outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8", ...site.headers }).end(found);
        return;
      }
      if (pathname === "/icon.png") return void outgoing.writeHead(204).end();
      const asset = /^\/unicom\/(?:assets\/[0-9a-f]{8}\/)?([\w.-]+\.js)$/.exec(pathname)?.[1];
      const script = site.scripts.get(pathname);
      if (asset || script !== undefined) {
        const bytes = script ?? (await readFile(resolve(DIST, asset ?? "")).catch(() => undefined));
        if (!bytes) return void outgoing.writeHead(404).end();
        outgoing.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(bytes);
        return;
      }
      if (!(await site.intercept?.(incoming, outgoing))) pass(incoming, outgoing);
    })();
  });

  http.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    site.requests.push(`UPGRADE ${incoming.url}`);
    if (isDown || site.blocksSockets) return socket.destroy();
    const passed = connect(port, "127.0.0.1", () => {
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      const { rawHeaders } = incoming;
      for (let index = 0; index < rawHeaders.length; index += 2) lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
      passed.write(`${lines.join("\r\n")}\r\n\r\n`);
      passed.write(head);
      passed.pipe(socket).pipe(passed);
      stalls.add(() => {
        passed.unpipe(socket);
        passed.resume();
        socket.unpipe(passed);
        socket.resume();
      });
    });
    const end = () => {
      passed.destroy();
      socket.destroy();
    };
    for (const side of [passed, socket]) side.on("error", end).on("close", end);
  });
  http.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));

  const site: Site = {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    pages: new Map([["/", page()]]),
    scripts: new Map(),
    headers: { "content-security-policy": POLICY },
    blocksSockets: false,
    blocksStreams: false,
    intercept: undefined,
    requests: [],
    cut: () => open.forEach((socket) => socket.destroy()),
    stall() {
      for (const stall of stalls) stall();
      stalls.clear();
    },
    setDown(next) {
      isDown = next;
      if (isDown) site.cut();
    },
    setServer: (other) => void ({ port } = other),
    stop() {
      site.cut();
      return new Promise<void>((closed) => http.close(() => closed()));
    },
  };
  return site;
}
