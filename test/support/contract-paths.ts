import { isContractProcedure, type AnyContractProcedure } from '@orpc/contract'
import { api } from '#contract/api.ts'

/** Every call of the contract: `namespace.name` and its definition. */
export function contractCalls(): readonly { readonly path: string; readonly procedure: AnyContractProcedure }[] {
  return Object.entries(api).flatMap(([namespace, calls]) => Object.entries(calls).flatMap(([name, procedure]) => (isContractProcedure(procedure) ? [{ path: `${namespace}.${name}`, procedure }] : [])))
}
