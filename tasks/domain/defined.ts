type MayBeMissing<Fields, Name extends keyof Fields> = undefined extends Fields[Name] ? Name : never;

/** Those fields that have a value: one that may be `undefined` may be missing instead. */
export type Defined<Fields extends object> = {
  [Name in keyof Fields as Exclude<Name, MayBeMissing<Fields, Name>>]: Fields[Name];
} & {
  [Name in keyof Fields as MayBeMissing<Fields, Name>]?: Exclude<Fields[Name], undefined>;
};

/**
 * The fields without those that are `undefined`, to be spread into an object whose optional fields are absent if
 * they have no value. `null`, `false`, 0 and '' are values.
 */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // `fromEntries` doesn't know the names.
  return Object.fromEntries(entries) as Defined<Fields>;
}
