/** What is wrong with the settings as a whole, at the one that has to change. */
export interface SettingProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
