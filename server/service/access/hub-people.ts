/** Whose a Hub token is. */
export interface Identity {
  /** `user` or `service`. */
  kind: string;
  name: string;
  admin: boolean;
  groups: string[];
  scopes: string[];
}

/** What the service asks the Hub about people. Every method throws `hub_unavailable` when the Hub does not answer. */
export interface HubPeople {
  /** Null: the token is not valid, or no longer. */
  identity(token: string): Promise<Identity | null>;
  userExists(name: string): Promise<boolean>;
  groupExists(name: string): Promise<boolean>;
  /** Names of the group's users; none if there is no such group. */
  groupMembers(name: string): Promise<string[]>;
  /** Second step of the Hub's sign-in: a token of the viewer's, or null when the code is not good. */
  exchangeCode(code: string): Promise<string | null>;
}
