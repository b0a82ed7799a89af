export interface AlarmDefinition {
  readonly metric: string;
  readonly statistic: "Sum" | "Maximum" | "p99";
  readonly threshold: number;
  readonly evaluationPeriods?: number;
  readonly severity: "critical" | "warn";
}

/** A CloudWatch alarm that posts to the topic of its severity; the topics lead to the pager and to the channel. */
export function platformAlarm(service: { nodes: { taskDefinition: unknown } }, name: string, alarm: AlarmDefinition) {
  const isPercentile = alarm.statistic === "p99";
  return new aws.cloudwatch.MetricAlarm(name, {
    namespace: "Platform",
    metricName: alarm.metric,
    ...(isPercentile ? { extendedStatistic: alarm.statistic } : { statistic: alarm.statistic }),
    threshold: alarm.threshold,
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    evaluationPeriods: alarm.evaluationPeriods ?? 1,
    period: 300,
    alarmActions: [aws.sns.getTopicOutput({ name: `alerts-${alarm.severity}-${$app.stage}` }).arn],
    tags: { service: String(service) },
  });
}
