namespace DlGen;

/// <summary>The number type of an <see cref="IdxFile"/>, as its header states it.</summary>
public enum IdxType : byte
{
    /// <summary>Whole numbers from 0 to 255.</summary>
    Byte = 0x08,

    /// <summary>Whole numbers from -128 to 127.</summary>
    SByte = 0x09,

    /// <summary>16-bit whole numbers.</summary>
    Int16 = 0x0B,

    /// <summary>32-bit whole numbers.</summary>
    Int32 = 0x0C,

    /// <summary>32-bit floating-point numbers.</summary>
    Single = 0x0D,

    /// <summary>64-bit floating-point numbers.</summary>
    Double = 0x0E,
}
