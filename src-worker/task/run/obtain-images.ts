import { basename, join, resolve } from 'node:path'
import type { VonMisesFisherMixture } from '#core/distribution/von-mises-fisher.ts'
import { makePhantom, phantomVoxelSize, rasterizePhantom } from '#core/volume/phantom.ts'
import type { Volume } from '#core/volume/volume.ts'
import { openImages } from '#io/particle-images.ts'
import { readVolume } from '#io/volume-file.ts'
import { remembered, type JobContext } from '#job/context.ts'
import { JOB_FILES } from '#job/job-folder.ts'
import { requireSameInputs } from '../same-inputs.ts'
import { mapSource } from '../simulate/map-source.ts'
import { simulateMap, type SimulationSource } from '../simulate/simulate-map.ts'
import type { RunSettings } from './settings.ts'

/** The images of a run and what is known of them. */
export interface Images {
  readonly particles: string
  /** The map to compare with, on the images' grid where they were simulated. */
  readonly truth?: Volume
  /** Where that map is. */
  readonly truthFile?: string
  /** The viewing distribution they were simulated from. */
  readonly views?: VonMisesFisherMixture
  /** Given noise; from the images' corners when absent. */
  readonly sigma?: number
  readonly snr: number | null
  readonly count: number
  readonly box: number
  readonly pixelSize: number
  readonly what: string
  /** The stack, when it was made here. */
  readonly simulated?: string
}

/** Simulates the images into `<folder>/particles`, or describes those that are given; those of an interrupted run are there already. */
export async function obtainImages(context: JobContext, settings: RunSettings, folder: string): Promise<Images> {
  await requireSameInputs(context, [settings.map, settings.particles, settings.truth, settings.noiseSpectrum])
  const images = await remembered(context, 'images', () => makeImages(context, settings, folder))
  // The folder may lie elsewhere now.
  return images.simulated === undefined ? images : { ...images, particles: join(folder, JOB_FILES.particles, basename(images.particles)), simulated: join(folder, JOB_FILES.particles, basename(images.simulated)), truthFile: join(folder, JOB_FILES.particles, 'truth.mrc') }
}

async function makeImages(context: JobContext, settings: RunSettings, folder: string): Promise<Images> {
  if (settings.particles !== undefined) {
    const source = await openImages(settings.particles)
    const { count, size, pixelSize, warnings } = source
    await source.close()
    for (const warning of warnings) context.log('warning', warning, { file: settings.particles })
    const truth = settings.truth === undefined ? undefined : (await readVolume(settings.truth, settings.voxelSize === undefined ? {} : { voxelSize: settings.voxelSize })).volume
    return {
      particles: settings.particles,
      ...(truth && { truth, truthFile: resolve(settings.truth!) }),
      ...(settings.sigma !== undefined && { sigma: settings.sigma }),
      snr: null,
      count,
      box: size,
      pixelSize,
      what: `${count.toLocaleString('en')} images of ${settings.particles}`,
    }
  }
  const source = settings.phantom ? phantomSource(settings.box) : await mapSource(settings.map!, settings.voxelSize)
  const { summary, truth, views } = await simulateMap(context, source, settings, join(folder, JOB_FILES.particles))
  return {
    particles: summary.files.star,
    simulated: summary.files.particles,
    truth,
    truthFile: summary.files.map,
    views,
    sigma: summary.sigma,
    snr: summary.snr,
    count: summary.images,
    box: summary.box,
    pixelSize: summary.pixelSize,
    what: `${summary.images.toLocaleString('en')} simulated images of ${settings.phantom ? 'a synthetic molecule' : settings.map}`,
  }
}

const PHANTOM_SEED = 1

function phantomSource(box: number): SimulationSource {
  const phantom = makePhantom(PHANTOM_SEED)
  const voxelSize = phantomVoxelSize(phantom, box)
  return { name: 'phantom', volume: rasterizePhantom(phantom, box, voxelSize), warnings: [], record: { phantom: PHANTOM_SEED, box, voxelSize } }
}
