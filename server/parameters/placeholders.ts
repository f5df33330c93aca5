/** Stands in hydrated parameters for what is no value: a fault, or something that is filled in only at a run. */
export type Placeholder =
  | { readonly kind: 'remove' }
  | { readonly kind: 'valid-jinja'; readonly template: unknown }
  | { readonly kind: 'variable'; readonly name: unknown }
  | { readonly kind: 'fault'; readonly fault: FaultKind; readonly message: string };

export type FaultKind =
  | 'ValueNotFound'
  | 'TemplateNotFound'
  | 'InvalidJSON'
  | 'InvalidJinja'
  | 'WorkspaceVariableNotFound';

/** Marks a placeholder among values that come from JSON, which can hold no such object. */
export class Held {
  readonly placeholder: Placeholder;

  constructor(placeholder: Placeholder) {
    this.placeholder = placeholder;
  }
}

export const held = (placeholder: Placeholder): Held => new Held(placeholder);

export const heldFault = (fault: FaultKind, message: string): Held =>
  new Held({ kind: 'fault', fault, message });

export const isRemoved = (value: unknown): boolean =>
  value instanceof Held && value.placeholder.kind === 'remove';
