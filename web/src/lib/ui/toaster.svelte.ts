export type Toast = {
  readonly id: number;
  readonly kind: 'success' | 'error';
  readonly text: string;
  /** Where the toast leads, if anywhere. */
  readonly link?: { readonly href: string; readonly label: string };
};

const successMillis = 5000;
const errorMillis = 12_000;

class Toaster {
  toasts = $state.raw<readonly Toast[]>([]);
  #lastId = 0;

  show(toast: Omit<Toast, 'id'>): void {
    this.#lastId += 1;
    const id = this.#lastId;
    this.toasts = [...this.toasts, { ...toast, id }];
    setTimeout(() => this.dismiss(id), toast.kind === 'error' ? errorMillis : successMillis);
  }

  dismiss(id: number): void {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }
}

/** Short messages at the edge of the page, read out by screen readers. */
export const toaster = new Toaster();
