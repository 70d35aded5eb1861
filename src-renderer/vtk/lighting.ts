/** How far things fade into the background: from `near` (nothing) to `far` (`strength`), in distance from the camera. */
export interface Haze {
  color: readonly [number, number, number]
  near: number
  far: number
  strength: number
}

// A key light from the upper left, a weak fill from the right, light from the sky and the ground, a soft highlight, and a
// brighter rim where the surface turns away; inner sides are darker, distance fades. Lights stand still to the eye.
const FRAGMENT = `
  vec3 n = normalVCVSOutput;
  float key = max(0.0, dot(n, vec3(-0.424, 0.566, 0.707)));
  float fill = max(0.0, dot(n, vec3(0.780, -0.049, 0.624)));
  float sky = 0.5 + 0.5 * n.y;
  float highlight = pow(max(0.0, dot(n, vec3(-0.229, 0.306, 0.924))), 44.0);
  float rim = pow(1.0 - max(0.0, n.z), 3.0);
  vec3 lit = diffuseColor * (0.16 + 0.10 * sky + 0.66 * key + 0.20 * fill + 0.10 * rim) + vec3(0.16) * highlight;
  if (gl_FrontFacing == false) lit = diffuseColor * (0.10 + 0.32 * key + 0.12 * fill);
  float haze = hazeStrength * clamp((-vertexVC.z - hazeNear) / max(1e-6, hazeFar - hazeNear), 0.0, 1.0);
  gl_FragData[0] = vec4(mix(lit, hazeColor, haze), opacity);`

const DECLARATIONS = `
uniform vec3 hazeColor;
uniform float hazeNear;
uniform float hazeFar;
uniform float hazeStrength;
//VTK::Light::Dec`

/** Replaces vtk.js's lighting of surfaces (its `ShaderReplacements`). */
export const LIGHTING = [
  { shaderType: 'Fragment', originalValue: '//VTK::Light::Dec', replaceFirst: true, replacementValue: DECLARATIONS, replaceAll: false },
  { shaderType: 'Fragment', originalValue: '//VTK::Light::Impl', replaceFirst: true, replacementValue: FRAGMENT, replaceAll: false },
]

interface CellBuffer {
  getProgram(): { isUniformUsed(name: string): boolean; setUniformf(name: string, value: number): void; setUniform3f(name: string, x: number, y: number, z: number): void }
}

/** Hands the haze to the shader; vtk.js calls it before each drawing. */
export function setHaze(haze: Haze, buffer: CellBuffer): void {
  const program = buffer.getProgram()
  if (!program.isUniformUsed('hazeStrength')) return
  program.setUniform3f('hazeColor', ...haze.color)
  program.setUniformf('hazeNear', haze.near)
  program.setUniformf('hazeFar', haze.far)
  program.setUniformf('hazeStrength', haze.strength)
}
