// Takes the pictures of the README from a running demo.
// Usage: node tools/screenshots.mjs http://127.0.0.1:3000 docs/images   (needs the npm package playwright-core and chromium)
import { chromium } from "playwright-core";

const [url, folder] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1680, height: 560 } });
await page.goto(`${url}/asset-groups`);
await page.waitForTimeout(6000);
for (const group of ["review", "ladder", "after_ga", "control"]) {
  const box = page.getByText(group, { exact: true }).last();
  if (await box.count()) await box.click({ timeout: 3000 }).catch(() => {});
  await page.waitForTimeout(1500);
}
// Expanded groups are remembered; loading again fits the whole graph into the window.
await page.goto(`${url}/asset-groups`);
await page.waitForTimeout(7000);
await page.screenshot({ path: `${folder}/asset-graph.png` });
const asset = process.env.ASSET ?? "exposure_10pct";
const partition = encodeURIComponent(process.env.PARTITION ?? "createGrant:ga");
await page.setViewportSize({ width: 1500, height: 1180 });
await page.goto(`${url}/assets/${asset}?view=partitions&partition=${partition}`);
await page.waitForTimeout(8000);
await page.screenshot({ path: `${folder}/promotion.png` });
await browser.close();
