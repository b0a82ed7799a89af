/** The button of the kit: its text, colours and sizes are fixed. */
export function ConnectWithLoopButton({ href, disabled = false }: { href: string; disabled?: boolean }) {
  return (
    <a className="loop-connect" aria-disabled={disabled} href={disabled ? undefined : href}>
      Connect with Loop
    </a>
  );
}
