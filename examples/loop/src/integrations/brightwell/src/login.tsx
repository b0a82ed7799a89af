export function LoginButton({ url }: { url: string }) {
  return <a href={url}>Sign in with Loop</a>;
}
