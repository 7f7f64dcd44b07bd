/** Names that build.mjs puts into the bundle. */

/** File name of the shapes worker relative to the bundle; put in by build.mjs. Use:
 *  `new Worker(new URL(__SHAPES_WORKER__, import.meta.url))` */
declare const __SHAPES_WORKER__: string;
/** The same for the worker that reads pixels. */
declare const __PIXELS_WORKER__: string;
/** The same for the worker that makes adjusted images. */
declare const __ADJUST_WORKER__: string;
