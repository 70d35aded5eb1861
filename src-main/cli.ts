#!/usr/bin/env node
import { Command } from 'commander'
import { VERSION } from './version.ts'

const program = new Command('cryomoment').version(VERSION)
program.parse()
