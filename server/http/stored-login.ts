/** Where the dashboard keeps the login of a browser; `web/src/lib/session` writes it. */
const KEY = 'prefect-server-login';

/**
 * A script for pages that are not the dashboard's own: their requests to this server carry the login that the
 * dashboard keeps, and one that is refused leads to the login and back. `base` is the path that all is served under.
 */
export const storedLoginScript = (base: string): string => `<script>
(() => {
  const login = localStorage.getItem(${JSON.stringify(KEY)});
  const { fetch: ask } = window;
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const isOurs = new URL(request.url).origin === location.origin;
    if (login !== null && isOurs && !request.headers.has('authorization'))
      request.headers.set('authorization', login);
    const answer = await ask(request);
    if (answer.status === 401 && isOurs)
      location.assign(${JSON.stringify(`${base}/login?next=`)} + encodeURIComponent(location.pathname));
    return answer;
  };
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (message) {
    if (login === null || typeof message !== 'string' || !message.includes('"connection_init"'))
      return send.call(this, message);
    const { payload, ...frame } = JSON.parse(message);
    return send.call(this, JSON.stringify({ ...frame, payload: { authorization: login, ...payload } }));
  };
})();
</script>`;
