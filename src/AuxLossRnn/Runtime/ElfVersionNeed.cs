using System.Buffers.Binary;
using System.Text;

namespace AuxLossRnn.Runtime;

/// <summary>Marks a symbol version that an ELF library needs as weak, so that the loader warns instead of refusing.</summary>
public static class ElfVersionNeed
{
    private const uint SectionTypeVersionNeed = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort FlagWeak = 0x2; // VER_FLG_WEAK

    /// <summary>Sets the weak flag of every need for <paramref name="version"/> in a 64-bit little-endian image.</summary>
    /// <param name="image">The library's bytes, changed in place.</param>
    /// <param name="version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
    /// <returns>How many needs were marked.</returns>
    /// <exception cref="BadImageFormatException">The bytes are not such an image.</exception>
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
        int headers = Offset(image, 0x28);
        int headerSize = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3a..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3c..]);
        int marked = 0;

        for (int i = 0; i < count; i++)
        {
            Span<byte> header = image[(headers + i * headerSize)..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != SectionTypeVersionNeed)
            {
                continue;
            }

            // Section header: sh_offset at 0x18, sh_link (its string table) at 0x28, sh_info (entries) at 0x2c.
            int link = BinaryPrimitives.ReadInt32LittleEndian(header[0x28..]);
            ReadOnlySpan<byte> strings = image[Offset(image, headers + link * headerSize + 0x18)..];
            int need = Offset(header, 0x18);
            int needs = BinaryPrimitives.ReadInt32LittleEndian(header[0x2c..]);

            for (int n = 0; n < needs; n++)
            {
                // Elfxx_Verneed: vn_cnt at 2, vn_aux at 8, vn_next at 12.
                int versions = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]);
                int auxiliary = need + BinaryPrimitives.ReadInt32LittleEndian(image[(need + 8)..]);
                for (int v = 0; v < versions; v++)
                {
                    // Elfxx_Vernaux: vna_flags at 4, vna_name at 8, vna_next at 12.
                    Span<byte> entry = image[auxiliary..];
                    ReadOnlySpan<byte> name = strings[BinaryPrimitives.ReadInt32LittleEndian(entry[8..])..];
                    if (name[..name.IndexOf((byte)0)].SequenceEqual(version))
                    {
                        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
                        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)(flags | FlagWeak));
                        marked++;
                    }

                    auxiliary += BinaryPrimitives.ReadInt32LittleEndian(entry[12..]);
                }

                need += BinaryPrimitives.ReadInt32LittleEndian(image[(need + 12)..]);
            }
        }

        return marked;
    }

    private static int Offset(ReadOnlySpan<byte> image, int at) =>
        checked((int)BinaryPrimitives.ReadUInt64LittleEndian(image[at..]));
}
