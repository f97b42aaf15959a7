// The entry of quick compose: styles, fonts from the package, and its one view. Nothing is loaded from a network.
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/source-serif-4/index.css";
import "./tokens.css";
import "./base.css";
import { mount } from "svelte";
import Quick from "./features/quick/Quick.svelte";

const target = document.getElementById("app");
if (target) mount(Quick, { target });
