using System.Globalization;
using System.Text;

namespace SiDT.Runtime;

/// <summary>A labels.csv: <c>file,label</c>, further columns and a header line allowed.</summary>
internal static class PictureLabels
{
    /// <exception cref="DataError">A line is not understood or names a file that is not there.</exception>
    public static PictureFiles Read(string csv, string folder)
    {
        var paths = new List<string>();
        var labels = new List<long>();
        int number = 0;
        foreach (string line in File.ReadLines(csv))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            List<string> columns = Columns(line);
            string path = Path.Combine(folder, columns[0].Trim());
            bool isNumber = long.TryParse(columns.ElementAtOrDefault(1), CultureInfo.InvariantCulture, out long label);
            if (number == 1 && !isNumber && !File.Exists(path))
                continue; // the header
            if (!isNumber || label < 0)
                throw new DataError($"line {number} of '{csv}' has no class number (0, 1, ...) in its second column: {line.Trim()}");
            if (!File.Exists(path))
                throw new DataError($"line {number} of '{csv}' names '{columns[0].Trim()}', which is not there");
            paths.Add(path);
            labels.Add(label);
        }
        if (paths.Count == 0)
            throw new DataError($"'{csv}' lists no pictures");
        return new PictureFiles(paths, labels);
    }

    private static List<string> Columns(string line)
    {
        var columns = new List<string>();
        var column = new StringBuilder();
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                columns.Add(column.ToString());
                column.Clear();
            }
            else
            {
                column.Append(c);
            }
        }
        columns.Add(column.ToString());
        return columns;
    }
}
