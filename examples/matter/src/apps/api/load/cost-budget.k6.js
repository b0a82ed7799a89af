import http from "k6/http";
import { Trend } from "k6/metrics";

// k6 run --summary-export load-test.json cost-budget.k6.js calls every operation for two minutes, one after the other.
// The server reports the cost of a call in a header; the run fails when the average of an operation is above its
// budget, so the threshold is enforced here and not by a reader.
const BUDGET_MICRO_USD = {
  createEntity: 2500,
  createGrant: 900,
  exerciseGrant: 1200,
  fileAnnualReport: 6000,
  getCapTable: 1500,
  issueShares: 1100,
  listGrants: 300,
  "reports/annual.v2": 1800,
  rotateSigningKey: 5000,
  transferShares: 1300,
  uploadDocument: 4000,
};

const cost = new Trend("matter_cost_micro_usd");
const samples = JSON.parse(open("./samples.json"));

export const options = {
  scenarios: Object.fromEntries(
    Object.keys(BUDGET_MICRO_USD).map((operation, index) => [
      operation.replace(/\W/g, "_"),
      {
        executor: "constant-arrival-rate",
        rate: 20,
        timeUnit: "1s",
        startTime: `${index * 2}m`,
        duration: "2m",
        preAllocatedVUs: 40,
        env: { OPERATION: operation },
      },
    ]),
  ),
  thresholds: Object.fromEntries(
    Object.entries(BUDGET_MICRO_USD).map(([operation, budget]) => [
      `matter_cost_micro_usd{operation:${operation}}`,
      [`avg<=${budget}`],
    ]),
  ),
};

export default function () {
  const operation = __ENV.OPERATION;
  const sample = samples[operation];
  const response = http.request(sample.method, `${__ENV.BASE_URL}${sample.path}`, JSON.stringify(sample.body), {
    headers: { Authorization: `Bearer ${__ENV.MATTER_KEY}`, "Idempotency-Key": `load-${__VU}-${__ITER}` },
    tags: { operation },
  });
  cost.add(Number(response.headers["Matter-Cost-Micro-Usd"]), { operation });
}
