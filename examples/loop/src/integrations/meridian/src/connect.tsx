import { ConnectWithLoopButton } from "@platform/connect-button";
import { beginConnect } from "./oauth";

/** The step of our onboarding in which a person connects Loop. */
export function ConnectStep({ remember }: { remember: (attempt: ReturnType<typeof beginConnect>) => void }) {
  const attempt = beginConnect(["read:check_ins", "write:check_ins"]);
  remember(attempt);
  return (
    <section>
      <p>Your check-ins come from Loop, and yours from here go there.</p>
      <ConnectWithLoopButton href={attempt.url} />
    </section>
  );
}
