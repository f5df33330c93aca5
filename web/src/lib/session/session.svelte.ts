const key = 'prefect-server-login';

/** What the server wants to be told with every request, where it wants anything; kept by this browser until logout. */
class Session {
  /** Whether the server has refused this page for want of the right words. */
  isRefused = $state(false);
  authorization = $state<string | null>(localStorage.getItem(key));

  /** Keeps the words; the page has to be loaded anew, because all it holds was refused. */
  keep(authorization: string): void {
    localStorage.setItem(key, authorization);
    this.authorization = authorization;
  }

  forget(): void {
    localStorage.removeItem(key);
    this.authorization = null;
  }

  headers(): Readonly<Record<string, string>> {
    return this.authorization === null ? {} : { authorization: this.authorization };
  }
}

export const session = new Session();

/** The `Authorization` value for a `user:password` pair. */
export const basicAuthorization = (pair: string): string =>
  `Basic ${btoa(String.fromCodePoint(...new TextEncoder().encode(pair)))}`;

/** A request of the dashboard; a refusal brings up the login. */
export const fetchAsUser: typeof fetch = async (input, init) => {
  const response = await fetch(input, {
    ...init,
    headers: { ...Object.fromEntries(new Headers(init?.headers)), ...session.headers() },
  });
  if (response.status === 401) session.isRefused = true;
  return response;
};
