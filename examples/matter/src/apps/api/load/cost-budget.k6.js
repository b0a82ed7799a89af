import http from "k6/http";
import { Trend } from "k6/metrics";

// One operation a run: k6 run -e OPERATION=createGrant cost-budget.k6.js. The server reports the cost of a call in
// a header; the run fails when the average is above the budget, so the threshold is enforced here and not by a reader.
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

const operation = __ENV.OPERATION;
const cost = new Trend("matter_cost_micro_usd");

export const options = {
  scenarios: {
    steady: { executor: "constant-arrival-rate", rate: 20, timeUnit: "1s", duration: "10m", preAllocatedVUs: 40 },
  },
  thresholds: { matter_cost_micro_usd: [`avg<=${BUDGET_MICRO_USD[operation]}`] },
};

const sample = JSON.parse(open("./samples.json"))[operation];

export default function () {
  const response = http.request(sample.method, `${__ENV.BASE_URL}${sample.path}`, JSON.stringify(sample.body), {
    headers: { Authorization: `Bearer ${__ENV.MATTER_KEY}`, "Idempotency-Key": `load-${__VU}-${__ITER}` },
    tags: { operation },
  });
  cost.add(Number(response.headers["Matter-Cost-Micro-Usd"]));
}
