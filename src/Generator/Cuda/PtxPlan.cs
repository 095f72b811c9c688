namespace DlGen.Ptx;

/// <summary>A way to launch a kernel before its entries have texts: see <see cref="PtxVariant"/>.</summary>
internal sealed record PtxPlan(int FromRows, IReadOnlyList<PtxEntryPlan> Entries, long WorkspaceBytes = 0, long WorkspaceBytesPerRow = 0);

/// <summary>An entry before it has a text: see <see cref="PtxEntry"/>.</summary>
/// <param name="Suffix">What its name has more than the kernel's.</param>
/// <param name="Print">Writes its instructions.</param>
internal sealed record PtxEntryPlan(string Suffix, int Threads, IReadOnlyList<PtxGridAxis> Grid, Action<PtxPrinter> Print);
