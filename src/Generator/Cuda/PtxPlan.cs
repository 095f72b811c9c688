using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>A way to launch a kernel before its entries have texts: see <see cref="PtxVariant"/>.</summary>
internal sealed record PtxPlan(int FromRows, IReadOnlyList<PtxEntryPlan> Entries, long WorkspaceBytes = 0, long WorkspaceBytesPerRow = 0);

/// <summary>An entry before it has a text: see <see cref="PtxEntry"/>.</summary>
/// <param name="Suffix">What its name has more than the kernel's. Entries of equal suffixes are one.</param>
/// <param name="Print">Writes its instructions.</param>
/// <param name="Kernel">What it computes, where that is not the record itself: a kernel whose last buffer is the workspace.</param>
/// <param name="SharedBytes">See <see cref="PtxEntry"/>.</param>
internal sealed record PtxEntryPlan(string Suffix, int Threads, IReadOnlyList<PtxGridAxis> Grid, Action<PtxPrinter> Print, Kernel? Kernel = null, int SharedBytes = 0);
