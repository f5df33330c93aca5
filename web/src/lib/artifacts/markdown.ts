import DOMPurify from 'dompurify';
import { marked } from 'marked';

const purify = DOMPurify(window);

// A picture on another host would tell that host who reads the page: it becomes a link instead.
purify.addHook('uponSanitizeElement', (node) => {
  if (!(node instanceof HTMLImageElement)) return;
  const url = new URL(node.getAttribute('src') ?? '', location.href);
  if (url.origin === location.origin || url.protocol === 'data:') return;
  const link = document.createElement('a');
  link.href = url.href;
  link.textContent = node.alt === '' ? url.href : node.alt;
  node.replaceWith(link);
});

purify.addHook('afterSanitizeAttributes', (node) => {
  if (node instanceof HTMLImageElement && !node.hasAttribute('alt')) node.alt = '';
  if (!(node instanceof HTMLAnchorElement)) return;
  node.target = '_blank';
  node.rel = 'noopener noreferrer';
});

/** Markdown as HTML that is safe to insert: no script, no frame, no request to another host. */
export const renderMarkdown = (text: string): string =>
  purify.sanitize(marked.parse(text, { async: false, gfm: true }), {
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'iframe', 'video', 'audio', 'source', 'svg'],
    FORBID_ATTR: ['style', 'srcset'],
  });
