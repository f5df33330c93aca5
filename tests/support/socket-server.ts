import { createSockets } from '#server/api/sockets/index.ts';
import type { Context } from '#server/context.ts';
import { createHttpServer } from '#server/http/server.ts';
import { type SettingsOverrides, withSettings } from '#server/settings.ts';

export interface SocketServer {
  /** Where its sockets are, without a path. */
  readonly url: string;
  close(): Promise<void>;
}

/** The sockets alone on a free port. */
export const serveSockets = async (
  ctx: Context,
  overrides: SettingsOverrides = {},
): Promise<SocketServer> => {
  const settings = withSettings(ctx.settings, { api: { port: 0 }, ...overrides });
  const sockets = createSockets({ ...ctx, settings });
  const server = createHttpServer(settings, [
    {
      opens: () => true,
      handle: (_request, response) => response.end(),
      upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    },
  ]);
  const { url } = await server.listen();
  return {
    url: url.replace('http', 'ws'),
    close: async () => {
      await sockets.close();
      await server.close();
    },
  };
};
