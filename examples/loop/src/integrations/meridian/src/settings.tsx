import { useState } from "react";
import { revokeAccess } from "./oauth";

/** The row of a person's settings that says what is connected, and takes it back. */
export function LoopConnection({ refreshToken, onGone }: { refreshToken: string; onGone: () => void }) {
  const [busy, setBusy] = useState(false);
  const disconnect = async () => {
    setBusy(true);
    await revokeAccess(refreshToken);
    onGone();
  };
  return (
    <div>
      <span>Connected to Loop</span>
      <button type="button" disabled={busy} onClick={disconnect}>
        Disconnect
      </button>
    </div>
  );
}
