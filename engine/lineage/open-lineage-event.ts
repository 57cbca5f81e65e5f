/** A dataset of an event: a relation in the warehouse. */
export interface Dataset {
  readonly namespace: string;
  /** `database.schema.name`. */
  readonly name: string;
  readonly facets?: Readonly<Record<string, object>>;
  readonly inputFacets?: Readonly<Record<string, object>>;
  readonly outputFacets?: Readonly<Record<string, object>>;
}

/** A RunEvent of OpenLineage 2-0-2. */
export interface RunEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
  /** ISO 8601 with its zone. */
  readonly eventTime: string;
  readonly run: { readonly runId: string; readonly facets?: Readonly<Record<string, object>> };
  readonly job: {
    readonly namespace: string;
    readonly name: string;
    readonly facets?: Readonly<Record<string, object>>;
  };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
  readonly producer: string;
  readonly schemaURL: string;
}
