namespace System.Runtime.CompilerServices;

/// <summary>netstandard2.0 lacks it; the compiler recognises it by name, and records need it.</summary>
internal static class IsExternalInit;
