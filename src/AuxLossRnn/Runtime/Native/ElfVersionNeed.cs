using System.Buffers.Binary;
using System.Text;

namespace AuxLossRnn.Runtime.Native;

/// <summary>Marks a symbol version that an ELF library needs as weak, so that the loader warns instead of refusing.</summary>
public static class ElfVersionNeed
{
    private const uint SectionTypeVersionNeed = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort FlagWeak = 0x2; // VER_FLG_WEAK
    private const int SectionHeaderSize = 64; // sizeof(Elf64_Shdr)

    /// <summary>Sets the weak flag of every need for <paramref name="version"/> in a 64-bit little-endian image.</summary>
    /// <param name="image">The library's bytes, changed in place.</param>
    /// <param name="version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>How many needs were marked.</returns>
    /// <exception cref="BadImageFormatException">The bytes are not such an image, or damaged; some needs may be marked.</exception>
    public static int MarkWeak(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image[..4].SequenceEqual("\u007fELF"u8) || image[4] != 2 || image[5] != 1)
        {
            throw new BadImageFormatException("not a 64-bit little-endian ELF image");
        }

        try
        {
            return MarkWeakInSections(image, Encoding.ASCII.GetBytes(version));
        }
        catch (Exception failure) when (failure is ArgumentOutOfRangeException or OverflowException)
        {
            throw new BadImageFormatException("an ELF section reaches past the end of the file", failure);
        }
    }

    private static int MarkWeakInSections(Span<byte> image, ReadOnlySpan<byte> version)
    {
        // ELF header: e_shoff at 0x28, e_shentsize at 0x3a, e_shnum at 0x3c.
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3c..]);
        if (count > 0 && BinaryPrimitives.ReadUInt16LittleEndian(image[0x3a..]) != SectionHeaderSize)
        {
            throw new BadImageFormatException($"the ELF section headers are not of {SectionHeaderSize} bytes");
        }

        // The table usually ends the file, so a file that was cut off anywhere fails here.
        ReadOnlySpan<byte> headers = image.Slice(Offset(image, 0x28), count * SectionHeaderSize);
        int marked = 0;

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = headers.Slice(i * SectionHeaderSize, SectionHeaderSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != SectionTypeVersionNeed)
            {
                continue;
            }

            // Section header: sh_offset at 0x18, sh_size at 0x20, sh_link (its string table) at 0x28, sh_info
            // (entries) at 0x2c.
            ReadOnlySpan<byte> link = headers.Slice(checked(Word(header, 0x28) * SectionHeaderSize), SectionHeaderSize);
            ReadOnlySpan<byte> strings = image.Slice(Offset(link, 0x18), Offset(link, 0x20));
            Span<byte> section = image.Slice(Offset(header, 0x18), Offset(header, 0x20));
            marked += MarkWeakInNeeds(section, Word(header, 0x2c), strings, version);
        }

        return marked;
    }

    private static int MarkWeakInNeeds(Span<byte> section, int needs, ReadOnlySpan<byte> strings, ReadOnlySpan<byte> version)
    {
        int marked = 0;
        Span<byte> need = section;
        for (int n = 0; n < needs; n++)
        {
            // Elf64_Verneed: vn_cnt at 2, vn_aux at 8, vn_next at 12.
            int versions = BinaryPrimitives.ReadUInt16LittleEndian(need[2..]);
            Span<byte> entry = need[Word(need, 8)..];
            for (int v = 0; v < versions; v++)
            {
                // Elf64_Vernaux: vna_flags at 4, vna_name at 8, vna_next at 12.
                ReadOnlySpan<byte> name = strings[Word(entry, 8)..];
                if (name[..name.IndexOf((byte)0)].SequenceEqual(version))
                {
                    ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)(flags | FlagWeak));
                    marked++;
                }

                // 0 ends the chain, whatever the count says: damaged counts must not make us go round for ever.
                int next = Word(entry, 12);
                if (next == 0)
                {
                    break;
                }

                entry = entry[next..];
            }

            int following = Word(need, 12);
            if (following == 0)
            {
                break;
            }

            need = need[following..];
        }

        return marked;
    }

    private static int Word(ReadOnlySpan<byte> bytes, int at) =>
        checked((int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]));

    private static int Offset(ReadOnlySpan<byte> image, int at) =>
        checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[at..]));
}
