// SPDX-License-Identifier: Apache-2.0
// What OpenCV's core asks of OpenGL, in a bundle, where nothing draws with it: there is no context.
extern "C" {

void* glXGetProcAddressARB(const unsigned char*) { return nullptr; }
void* glXGetCurrentDisplay() { return nullptr; }
void* glXGetCurrentContext() { return nullptr; }

}  // extern "C"
