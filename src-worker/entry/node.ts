import { handlers } from '#task/handlers.ts'
import { serveNode } from './serve-node.ts'

serveNode(handlers)
