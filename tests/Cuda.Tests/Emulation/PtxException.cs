namespace DlGen.Tests.Emulation;

/// <summary>What a text or a launch does that a machine must not: the place and the reason.</summary>
internal sealed class PtxException(string message) : Exception(message);
