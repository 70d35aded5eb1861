import type { ContractRouterClient } from '@orpc/contract'
import type { Api } from './api.ts'

/** What a page holds: every call of the contract, typed, over whichever connection. */
export type ApiClient = ContractRouterClient<Api>
