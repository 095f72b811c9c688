using System.Globalization;
using System.Text.RegularExpressions;

namespace DlGen.Tests.Emulation;

internal static partial class PtxParser
{
    private sealed partial class EntryReader
    {
        /// <summary>Operands are separated by commas, those within braces and brackets left aside.</summary>
        private static List<string> Split(string operands)
        {
            var parts = new List<string>();
            int depth = 0, start = 0;
            for (int i = 0; i < operands.Length; i++)
            {
                if (operands[i] is '{' or '[') depth++;
                if (operands[i] is '}' or ']') depth--;
                if (operands[i] != ',' || depth > 0) continue;
                parts.Add(operands[start..i].Trim());
                start = i + 1;
            }
            if (operands.Length > 0) parts.Add(operands[start..].Trim());
            return parts;
        }

        /// <summary>Where the operands lie, or null where one does not fit the form.</summary>
        private int[]? Places(InstructionForm form, List<string> operands)
        {
            var places = new List<int>();
            for (int i = 0; i < operands.Count; i++)
            {
                var expected = form.Operands[i];
                string[] members = [operands[i]];
                if (expected.Vector > 0)
                {
                    if (operands[i] is not ['{', .., '}']) return null;
                    members = [.. Split(operands[i][1..^1])];
                    if (members.Length != expected.Vector) return null;
                }
                foreach (string member in members)
                {
                    if (expected.Role == Role.Address)
                    {
                        if (Address(member) is not var (register, distance)) return null;
                        places.Add(register);
                        places.Add(distance);
                    }
                    else if (Place(expected, member) is { } place)
                    {
                        places.Add(place);
                    }
                    else
                    {
                        return null;
                    }
                }
            }
            return [.. places];
        }

        private int? Place(OperandForm expected, string text)
        {
            if (expected.Role == Role.Immediate) return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
            if (registers.TryGetValue(text, out var register)) return InstructionSet.Takes(expected.Letter, register.Kind) ? register.Register : null;
            if (expected.Role == Role.Destination) return null;
            if (text.StartsWith('%')) return expected.Letter is 'r' or 'b' && text.Contains('.', StringComparison.Ordinal) | text == "%laneid" ? Special(text) : null;
            return expected.Letter switch
            {
                'f' or 'b' when Hexadecimal(text, "0f", 8) is { } single => Constant(Kind.Integer32, single),
                'd' or 'q' when Hexadecimal(text, "0d", 16) is { } real => Constant(Kind.Integer64, real),
                'r' or 'b' when AddressOf(text) is { } address => Constant(Kind.Integer32, address),
                'l' or 'q' when AddressOf(text) is { } address => Constant(Kind.Integer64, address),
                'r' or 'b' when Whole(text) is { } integer && integer is >= int.MinValue and <= uint.MaxValue => Constant(Kind.Integer32, unchecked((uint)integer)),
                'l' or 'q' when Whole(text) is { } integer => Constant(Kind.Integer64, unchecked((ulong)integer)),
                _ => null,
            };
        }

        /// <summary>A register of 64 bits, or the complement of one of 32, and a distance in bytes.</summary>
        private (int Register, int Distance)? Address(string text)
        {
            var match = AddressOperand().Match(text);
            if (!match.Success) return null;
            int distance = match.Groups[2].Success ? int.Parse(match.Groups[2].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
            string place = match.Groups[1].Value;
            if (registers.TryGetValue(place, out var register))
                return register.Kind switch
                {
                    Kind.Integer64 => (register.Register, distance),
                    Kind.Integer32 => (~register.Register, distance),
                    _ => null,
                };
            return AddressOf(place) is { } address ? (Constant(Kind.Integer64, address), distance) : null;
        }

        /// <summary>Of a variable.</summary>
        private uint? AddressOf(string name)
        {
            if (name == table.Name) return (uint)ConstantTable.Address;
            int variable = shared.FindIndex(v => v.Name == name);
            return variable < 0 ? null : (uint)SharedMemory.Address(shared, variable);
        }

        private int Constant(Kind kind, ulong bits)
        {
            if (constants.TryGetValue((kind, bits), out int place)) return place;
            place = NewRegister(kind);
            constants.Add((kind, bits), place);
            if (kind == Kind.Integer32) files.ConstantWords.Add((place, (uint)bits));
            else files.ConstantLongs.Add((place, bits));
            return place;
        }

        private int Special(string name)
        {
            if (!files.Special.TryGetValue(name, out int place)) files.Special.Add(name, place = NewRegister(Kind.Integer32));
            return place;
        }

        private static ulong? Hexadecimal(string text, string prefix, int digits)
            => text.Length == prefix.Length + digits && text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits) ? bits : null;

        private static long? Whole(string text)
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)) return integer;
            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unsigned)) return unchecked((long)unsigned);
            return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits) ? unchecked((long)bits) : null;
        }

        [GeneratedRegex(@"^\[\s*([%\w$]+)\s*(?:\+\s*(-?\d+)\s*)?\]$")]
        private static partial Regex AddressOperand();
    }
}
