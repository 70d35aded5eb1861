import './test-operations.ts'
import '../../src-worker/entry/compute-thread.ts'
