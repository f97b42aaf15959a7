// Lets a plain TypeScript file import a component; svelte-check sees the component itself.
/// <reference types="svelte" />
/// <reference types="vite/client" />
