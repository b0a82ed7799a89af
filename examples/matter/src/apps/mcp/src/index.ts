import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { TOOLS } from "./tools/generated";

const API = "https://api.matter.example/v1";

/** The tools that a token of this tier may see. */
export const toolsFor = (tier: number) => Object.entries(TOOLS).filter(([, tool]) => tool.minTier <= tier);

export function createServer(token: string, tier: number): McpServer {
  const server = new McpServer({ name: "matter", version: "2026-06-10" });
  for (const [name, tool] of toolsFor(tier)) {
    const { description, annotations, method, path } = tool;
    server.registerTool(name, { description, annotations }, async (input: Record<string, unknown>) => {
      const url = `${API}${path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(input[field])))}`;
      const headers = { Authorization: `Bearer ${token}` };
      const response = await fetch(
        url,
        method === "GET" ? { headers } : { method, headers, body: JSON.stringify(input) },
      );
      return { content: [{ type: "text" as const, text: await response.text() }] };
    });
  }
  return server;
}
