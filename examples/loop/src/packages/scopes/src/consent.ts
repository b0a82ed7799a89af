/** What a person reads before they let an app do something. Admin scopes are never asked of a person. */
export const CONSENT_TEXT = {
  "read:account": "See your name and your e-mail address.",
  "manage:connected_apps": "See which apps are connected to your account, and disconnect them.",
  "read:check_ins": "Read the check-ins that you have written, with how you felt and what you measured.",
  "write:check_ins": "Add check-ins to your record for you.",
  "read:membership": "See which plan you have and until when.",
  "write:membership": "Change or pause your plan for you.",
} as const;
